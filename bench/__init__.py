"""The figures that the README quotes: ratios of two things measured side by side in one run."""
