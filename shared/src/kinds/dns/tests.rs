//! What the playbook may say of names.
