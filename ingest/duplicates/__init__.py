"""Which records, of one source or several, speak of one organisation."""
