"""A small app with ledgered models, installed only while the tests run."""
