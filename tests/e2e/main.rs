//! End-to-end tests on the local cloud; `cargo xtask test` starts it and deploys the real template to it.
