# The difference of means, in standard deviations, that a t test of two groups of one size finds with a given power.
# Rscript tests/reference/detectable.R tests/reference
folder <- commandArgs(trailingOnly = TRUE)[1]
rows <- expand.grid(n = c(3, 12, 20, 21, 100), power = c(0.5, 0.8, 0.9), alpha = c(0.05, 0.01))
rows$difference <- mapply(
  function(n, power, alpha) {
    power.t.test(n = n, power = power, sig.level = alpha, strict = TRUE, tol = 1e-12)$delta
  },
  rows$n, rows$power, rows$alpha
)
rows$difference <- trimws(formatC(rows$difference, digits = 12, format = "g"))
write.csv(rows, file.path(folder, "detectable_r.csv"), row.names = FALSE, quote = FALSE)
