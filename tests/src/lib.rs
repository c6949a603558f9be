//! Stories, golden tables and benchmarks.
