//! What becomes of every kind of arrival.
