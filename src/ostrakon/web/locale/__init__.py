"""The pages in other languages: their catalogues, and how a date is written where Django's own way does not do."""
