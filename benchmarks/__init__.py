"""What must stay fast, measured: a generator of practices and a load run. See docs/benchmarks.md."""
