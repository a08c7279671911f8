"""Tools that train and export models. They never ship: the only place for torch."""
