# How many responders must have failed before a conclusion falls, by base R (binom.test and prop.test alone).
# Rscript tests/reference/fragility.R tests/reference
folder <- commandArgs(trailingOnly = TRUE)[1]

# Newcombe's method 10: the ends of two Wilson intervals, which prop.test gives without its continuity correction.
newcombe_lower <- function(r1, n1, r2, n2) {
  one <- suppressWarnings(prop.test(r1, n1, correct = FALSE)$conf.int)
  two <- suppressWarnings(prop.test(r2, n2, correct = FALSE)$conf.int)
  r1 / n1 - r2 / n2 - sqrt((r1 / n1 - one[1])^2 + (two[2] - r2 / n2)^2)
}

first_that_falls <- function(responders, falls) {
  for (k in 0:responders) if (falls(responders - k)) return(k)
  NA
}

cases <- expand.grid(responders = c(0, 12, 30, 35, 42), evaluable = 42, events = c(3, 12, 19), among = 24)
cases <- rbind(cases, data.frame(responders = c(1, 9, 95, 80), evaluable = c(1, 10, 100, 100),
                                 events = c(0, 1, 60, 79), among = c(9, 10, 100, 300)))
cases$misjudged <- mapply(function(r, n, e, m) {
  first_that_falls(r, function(k) binom.test(k, n)$conf.int[1] < e / m)
}, cases$responders, cases$evaluable, cases$events, cases$among)
cases$difference <- mapply(function(r, n, e, m) {
  first_that_falls(r, function(k) newcombe_lower(k, n, e, m) <= 0)
}, cases$responders, cases$evaluable, cases$events, cases$among)
cases$needed <- mapply(function(n, e, m) {
  above <- Filter(function(k) binom.test(k, n)$conf.int[1] >= e / m, 0:n)
  if (length(above)) above[1] else NA
}, cases$evaluable, cases$events, cases$among)
write.csv(cases, file.path(folder, "fragility_r.csv"), row.names = FALSE, quote = FALSE)
cat(R.version.string, "\n")
