"""The project file: phrases, answers and decisions of one piece of work, never lost."""
