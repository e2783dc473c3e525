//! Rules of `template.yaml`.
