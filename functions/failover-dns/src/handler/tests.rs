//! The handler, on the port and the ledger in memory.
