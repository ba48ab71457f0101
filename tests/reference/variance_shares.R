# Shares of the variance by the analysis of variance (aov) of full factorial designs. In a balanced design the sums of
# squares of all terms add up to the total: the main effect of a factor is its own term, its total effect the sum of all
# terms in which it takes part.
# Rscript tests/reference/variance_shares.R tests/reference
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20)
designs <- list(c(2, 3, 2), c(4, 2, 3), c(2, 2, 2))
rows <- NULL
for (case in seq_along(designs)) {
  size <- designs[[case]]
  cells <- expand.grid(a = seq_len(size[1]), b = seq_len(size[2]), c = seq_len(size[3]))
  cells$value <- round(80 + 5 * cells$a - 3 * cells$b + 2 * cells$a * cells$c + rnorm(nrow(cells), 0, 4), 4)
  fitted <- suppressWarnings(summary(aov(value ~ factor(a) * factor(b) * factor(c), cells)))[[1]]
  squares <- fitted[["Sum Sq"]]
  terms <- trimws(rownames(fitted))
  share <- function(is_own) sum(squares[is_own]) / sum(squares)
  for (name in c("a", "b", "c")) {
    term <- sprintf("factor(%s)", name)
    cells[[paste0("main_", name)]] <- sprintf("%.12f", share(terms == term))
    cells[[paste0("total_", name)]] <- sprintf("%.12f", share(grepl(term, terms, fixed = TRUE)))
  }
  rows <- rbind(rows, cbind(case = case, cells))
}
write.csv(rows, file.path(folder, "variance_shares_r.csv"), row.names = FALSE, quote = FALSE)
