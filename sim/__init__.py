"""Peace-negotiation scenarios: Mesa agents bargain over YAML-configured positions."""

__version__ = "0.2.0"
