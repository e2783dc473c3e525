//! Links the binary to a fixed address.
//!
//! The SDKs have some 28,000 addresses in their tables, which the loader would write anew at every cold start: a tenth
//! of it, and half a MiB. What this gives up is the random address of the program itself, no line of which is unsafe
//! but in libraries; stack, heap and shared libraries keep theirs.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
