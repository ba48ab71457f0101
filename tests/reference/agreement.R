# Kappa, weighted kappa and their large-sample standard errors, by vcd and psych.
# Rscript tests/reference/agreement.R tests/reference
suppressMessages({ library(vcd); library(psych) })
folder <- commandArgs(trailingOnly = TRUE)[1]
tables <- list(
  "Fleiss 1969" = c(106, 10, 4, 22, 28, 10, 2, 12, 6),
  "abstractors" = c(13, 0, 0, 0, 20, 7, 0, 4, 56),
  "yes or no" = c(20, 5, 10, 15),
  "few" = c(7, 2, 1, 6),
  "four grades" = c(12, 3, 1, 0, 4, 15, 2, 1, 0, 5, 11, 3, 1, 0, 2, 9)
)
rows <- lapply(names(tables), function(name) {
  counts <- tables[[name]]
  size <- sqrt(length(counts))
  table <- matrix(counts, size, byrow = TRUE)
  linear <- Kappa(as.table(table), weights = "Equal-Spacing")
  quadratic <- Kappa(as.table(table), weights = "Fleiss-Cohen")
  by_psych <- suppressWarnings(cohen.kappa(table, n.obs = sum(table)))
  data.frame(
    name, table = paste(apply(table, 1, paste, collapse = " "), collapse = " / "),
    kappa = linear$Unweighted[["value"]], kappa_error = linear$Unweighted[["ASE"]],
    linear = linear$Weighted[["value"]], linear_error = linear$Weighted[["ASE"]],
    quadratic = quadratic$Weighted[["value"]], quadratic_error = quadratic$Weighted[["ASE"]],
    psych_kappa = by_psych$kappa, psych_error = sqrt(by_psych$var.kappa)
  )
})
known <- do.call(rbind, rows)
spell <- function(table) paste(apply(table, 1, paste, collapse = " "), collapse = " / ")
# Weights of one's own: those of Fleiss, Cohen and Everitt (1969), and of Cohen (1968) turned into credit.
own <- do.call(rbind, lapply(list(
  list("Fleiss, Cohen and Everitt 1969", c(106, 10, 4, 22, 28, 10, 2, 12, 6),
       c(1, 0, 0.4444, 0, 1, 0.6667, 0.4444, 0.6667, 1)),
  list("Cohen 1968", c(88, 14, 18, 10, 40, 10, 2, 6, 12), c(1, 0.75, 0.25, 0.75, 1, 0, 0.25, 0, 1))
), function(one) {
  table <- matrix(one[[2]], 3, byrow = TRUE)
  weights <- matrix(one[[3]], 3, byrow = TRUE)
  by_psych <- cohen.kappa(table, w = weights, n.obs = sum(table))
  by_vcd <- Kappa(as.table(table), weights = weights)$Weighted
  data.frame(name = gsub(",", "", one[[1]]), table = spell(table), weights = spell(weights),
             weighted = formatC(by_vcd[["value"]], digits = 12, format = "g"),
             error = formatC(by_vcd[["ASE"]], digits = 12, format = "g"),
             psych_weighted = formatC(by_psych$weighted.kappa, digits = 12, format = "g"))
}))
write.csv(own, file.path(folder, "agreement_weights_r.csv"), row.names = FALSE, quote = FALSE)
known[-(1:2)] <- lapply(known[-(1:2)], formatC, digits = 12, format = "g")
write.csv(known, file.path(folder, "agreement_r.csv"), row.names = FALSE, quote = FALSE)
cat(R.version.string, "vcd", as.character(packageVersion("vcd")), "psych", as.character(packageVersion("psych")), "\n")
