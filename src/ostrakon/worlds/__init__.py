"""Seeded worlds with a known truth: the demonstration, the benchmarks and the speed tests."""
