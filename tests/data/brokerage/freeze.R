# Freezes what sna::brokerage (Butts) says of some graphs: Rscript freeze.R > sna.json
# Debian packages r-cran-sna and r-cran-jsonlite; the tests read the numbers and need no R.
suppressMessages({library(sna); library(jsonlite)})
data(flo, package = "network")

case <- function(name, adjacency, groups) {
  said <- brokerage(adjacency, groups)
  list(
    name = name,
    directed = !isSymmetric(unname(adjacency)),
    edges = unname(which(adjacency == 1, arr.ind = TRUE)) - 1,
    groups = groups,
    raw = unname(said$raw.nli),
    expected = unname(said$exp.nli),
    deviation = unname(said$sd.nli),
    z = unname(said$z.nli),
    raw_all = unname(said$raw.gli),
    expected_all = unname(said$exp.gli),
    deviation_all = unname(said$sd.gli),
    z_all = unname(said$z.gli)
  )
}

random <- function(seed, n, density, sizes, directed) {
  set.seed(seed)
  mode <- if (directed) "digraph" else "graph"
  adjacency <- rgraph(n, tprob = density, mode = mode)
  case(paste(mode, n, density), adjacency, sample(rep(seq_along(sizes) - 1, sizes)))
}

cases <- list(
  # Marriages between Florentine families (Padgett and Ansell 1993), as bundled with `network`;
  # the groups are dealt out by turn.
  case("Florentine marriages", unname(flo), rep(0:2, length.out = nrow(flo))),
  random(1, 8, 0.3, c(3, 3, 2), TRUE),
  random(2, 12, 0.25, c(5, 4, 3), TRUE),
  random(3, 15, 0.4, c(7, 8), TRUE),
  random(4, 20, 0.15, c(8, 6, 3, 3), TRUE),
  random(5, 30, 0.1, c(9, 8, 5, 4, 2, 1, 1), TRUE),
  random(6, 9, 0.35, c(4, 3, 2), FALSE),
  random(7, 14, 0.3, c(6, 5, 3), FALSE),
  random(8, 18, 0.2, c(10, 8), FALSE),
  random(9, 25, 0.15, c(8, 7, 6, 4), FALSE),
  random(10, 40, 0.08, c(12, 10, 7, 5, 3, 2, 1), FALSE)
)
cat(toJSON(list(sna = as.character(packageVersion("sna")), r = R.version.string, cases = cases),
           digits = NA, auto_unbox = TRUE, na = "null"), "\n")
