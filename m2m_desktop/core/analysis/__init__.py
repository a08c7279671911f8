"""Coded terms counted: by SOC, HLGT, HLT and PT, by severity, and by SMQ."""
