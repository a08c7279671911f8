"""Versions: releases compared, and decisions brought from one to the next by persons."""
