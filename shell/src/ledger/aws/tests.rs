//! The adapter on the wire.
