# Runs CooRTweet out of a checkout of it: detection and network, timed, with the rows that went in and the edges that
# came out as CSV. Its sources are read one by one, for its loaders need packages that its detection does not.
#
# Rscript coortweet.R CHECKOUT DATASET WINDOW MIN_PARTICIPATION OUT

arguments <- commandArgs(trailingOnly = TRUE)
checkout <- arguments[1]
dataset <- arguments[2]
window <- as.integer(arguments[3])
participation <- as.integer(arguments[4])
out <- arguments[5]

suppressPackageStartupMessages({
  library(data.table)
  library(igraph)
})
for (name in c("calc_group_combinations", "detect_groups", "generate_coordinated_network")) {
  source(file.path(checkout, "R", paste0(name, ".R")))
}
load(file.path(checkout, "data", paste0(dataset, ".rda")))
rows <- as.data.table(get(dataset))
fwrite(rows[, .(object_id, account_id, content_id, timestamp_share)], file.path(out, "rows.csv"))

detecting <- system.time(
  pairs <- detect_groups(rows, time_window = window, min_participation = participation)
)
linking <- system.time(graph <- generate_coordinated_network(pairs))
fwrite(as.data.table(igraph::as_data_frame(graph))[, .(from, to, weight)], file.path(out, "edges.csv"))

version <- read.dcf(file.path(checkout, "DESCRIPTION"))[1, "Version"]
packages <- sapply(c("data.table", "igraph"), function(name) as.character(packageVersion(name)))
cat(sprintf(
  '{"detect_s": %.2f, "detect_cpu": %.2f, "network_s": %.2f, "pairs": %d, "nodes": %d, "edges": %d, "versions": "%s"}\n',
  detecting["elapsed"], sum(detecting[c("user.self", "sys.self")]), linking["elapsed"], nrow(pairs),
  vcount(graph), ecount(graph),
  paste0("CooRTweet ", version, ", R ", getRversion(), ", data.table ", packages[1], ", igraph ", packages[2])
))
