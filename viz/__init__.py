"""How they see: pages with map and network, standalone network files, figures."""
