//! The ledger on DynamoDB.
