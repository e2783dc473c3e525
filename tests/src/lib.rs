//! What the tests share: the stand-ins that they run the functions against, and a client of the local cloud.

pub mod alarms;
#[cfg(feature = "cloud")]
pub mod cloud;
mod loopback;
pub mod process;
pub mod recorder;
pub mod runtime_api;
pub mod stage;
pub mod stand_in;
