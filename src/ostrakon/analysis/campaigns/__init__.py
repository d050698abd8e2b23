"""Who reports together: ``find_campaigns`` looks for groups in a log, ``campaign_tables`` tells of them."""

from ostrakon.analysis.campaigns.campaign import Campaign, Campaigns, campaign_names
from ostrakon.analysis.campaigns.find import find_campaigns
from ostrakon.analysis.campaigns.results import (
    CampaignTables,
    Fate,
    campaign_tables,
    campaigns_of_reporters,
    fate,
    targets_of,
)

__all__ = [
    "Campaign",
    "CampaignTables",
    "Campaigns",
    "Fate",
    "campaign_names",
    "campaign_tables",
    "campaigns_of_reporters",
    "fate",
    "find_campaigns",
    "targets_of",
]
