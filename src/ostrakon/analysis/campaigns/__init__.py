"""Who reports together."""

from ostrakon.analysis.campaigns.simple import CampaignTables, campaign_names, campaign_tables, co_reporting

__all__ = ["CampaignTables", "campaign_names", "campaign_tables", "co_reporting"]
