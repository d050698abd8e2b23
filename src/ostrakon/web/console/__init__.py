"""The pages for those who work here: thin views over the verbs and queries of casework."""
