"""The pages for people without a name here: who are decided about, who appeal, who report. No script, nothing kept."""
