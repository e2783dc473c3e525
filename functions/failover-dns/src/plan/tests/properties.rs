//! What must hold for any records.
