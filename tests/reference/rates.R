# Exact Poisson rates and rate ratios by poisson.test; self-controlled ratios by Poisson regression with a
# term for each person, which has the conditional estimate; their exact ends by folding binomials and uniroot.
# Rscript tests/reference/rates.R tests/reference
folder <- commandArgs(trailingOnly = TRUE)[1]
spell <- function(x) formatC(x, digits = 12, format = "g")

rates <- do.call(rbind, lapply(c(0, 1, 2, 3, 5, 10, 24, 100, 5000), function(events) {
  do.call(rbind, lapply(c(0.9, 0.95, 0.99), function(level) {
    ends <- poisson.test(events, T = 7.5, conf.level = level)$conf.int
    data.frame(events, time = 7.5, level, lower = spell(ends[1]), upper = spell(ends[2]))
  }))
}))
write.csv(rates, file.path(folder, "rates_r.csv"), row.names = FALSE, quote = FALSE)

pairs <- list(c(11, 800, 21, 3011), c(0, 10, 5, 10), c(5, 10, 0, 30), c(1, 100, 1, 900), c(60, 51.9, 30, 54.1),
              c(3, 7, 40, 358), c(900, 4000, 850, 4100))
ratios <- do.call(rbind, lapply(pairs, function(p) {
  test <- poisson.test(p[c(1, 3)], p[c(2, 4)])
  less <- poisson.test(p[c(1, 3)], p[c(2, 4)], alternative = "less")$p.value
  greater <- poisson.test(p[c(1, 3)], p[c(2, 4)], alternative = "greater")$p.value
  data.frame(events1 = p[1], time1 = p[2], events2 = p[3], time2 = p[4], ratio = spell(test$estimate),
             lower = spell(test$conf.int[1]), upper = spell(test$conf.int[2]),
             less = spell(less), greater = spell(greater))
}))
write.csv(ratios, file.path(folder, "rate_ratios_r.csv"), row.names = FALSE, quote = FALSE)

# Two self-controlled data sets: one typed, one simulated with a ratio of 2 and rates that differ between persons.
set.seed(4)
n <- 60
simulated <- data.frame(person = 1:n, risk_days = sample(c(7, 14, 28), n, TRUE), control_days = sample(60:300, n, TRUE))
rate <- rgamma(n, 2, 200)
simulated$risk_events <- rpois(n, 2 * rate * simulated$risk_days)
simulated$control_events <- rpois(n, rate * simulated$control_days)
typed <- data.frame(person = 1:6, risk_days = c(7, 14, 7, 28, 21, 14), control_days = c(90, 120, 60, 200, 30, 365),
                    risk_events = c(1, 0, 2, 1, 1, 0), control_events = c(1, 2, 0, 3, 0, 1))
columns <- c("name", "risk_events", "risk_days", "control_events", "control_days")
simulated$name <- "simulated"
typed$name <- "typed"
both <- rbind(typed, simulated)
write.csv(both[columns], file.path(folder, "self_controlled.csv"), row.names = FALSE, quote = FALSE)

# P(at least and at most the observed number) at a ratio, the persons' binomials folded one by one.
tails <- function(rows, ratio) {
  folded <- 1
  for (i in seq_len(nrow(rows))) {
    share <- ratio * rows$risk_days[i] / (ratio * rows$risk_days[i] + rows$control_days[i])
    events <- rows$risk_events[i] + rows$control_events[i]
    step <- dbinom(0:events, events, share)
    longer <- numeric(length(folded) + events)
    for (k in 0:events) longer[k + seq_along(folded)] <- longer[k + seq_along(folded)] + folded * step[k + 1]
    folded <- longer
  }
  observed <- sum(rows$risk_events)
  c(at_least = sum(folded[(observed + 1):length(folded)]), at_most = sum(folded[1:(observed + 1)]))
}
known <- do.call(rbind, lapply(c("typed", "simulated"), function(name) {
  rows <- both[both$name == name, ]
  rows <- rows[rows$risk_events + rows$control_events > 0, ]
  long <- rbind(
    data.frame(person = rows$person, risk = 1, days = rows$risk_days, events = rows$risk_events),
    data.frame(person = rows$person, risk = 0, days = rows$control_days, events = rows$control_events)
  )
  fit <- glm(events ~ factor(person) + risk + offset(log(days)), poisson, long,
             control = glm.control(epsilon = 1e-14, maxit = 100))
  lower <- exp(uniroot(function(x) tails(rows, exp(x))["at_least"] - 0.025, c(-10, 10), tol = 1e-13)$root)
  upper <- exp(uniroot(function(x) tails(rows, exp(x))["at_most"] - 0.025, c(-10, 10), tol = 1e-13)$root)
  at_one <- tails(rows, 1)
  data.frame(name, persons = nrow(rows), ratio = spell(exp(coef(fit)[["risk"]])), lower = spell(lower),
             upper = spell(upper), p_value = spell(min(1, 2 * min(at_one))))
}))
write.csv(known, file.path(folder, "self_controlled_r.csv"), row.names = FALSE, quote = FALSE)
cat(R.version.string, "\n")
