# Cumulative incidence of cause 1, by survival (multi-state survfit) and cmprsk (cuminc).
# Rscript tests/reference/competing.R tests/reference
suppressMessages({ library(survival); library(cmprsk) })
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20)
n <- 500
response <- rexp(n, 1 / 90)
stopping <- rexp(n, 1 / 140)
lost <- runif(n, 20, 300)
first <- pmin(response, stopping, lost)
simulated <- data.frame(
  # Whole weeks, so that events, competing events and losses fall on one time.
  time = ceiling(first / 7),
  cause = ifelse(first == response, 1, ifelse(first == stopping, 2, 0))
)
write.csv(simulated, file.path(folder, "competing_500.csv"), row.names = FALSE, quote = FALSE)
small <- data.frame(
  time = c(1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 6, 8, 9, 9, 12),
  cause = c(1, 2, 1, 1, 0, 2, 1, 0, 1, 2, 1, 0, 1, 0, 2, 1)
)
known <- do.call(rbind, lapply(c("small", "500"), function(name) {
  rows <- if (name == "small") small else simulated
  fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, data = rows)
  state <- which(fit$states == "1")
  gray <- timepoints(cuminc(rows$time, rows$cause), fit$time)
  data.frame(
    name, time = fit$time, at_risk = fit$n.risk[, 1], events = fit$n.event[, state],
    competing = fit$n.event[, which(fit$states == "2")], censored = rowSums(cbind(fit$n.censor)),
    incidence = fit$pstate[, state], error = fit$std.err[, state],
    cmprsk_incidence = gray$est["1 1", ], cmprsk_error = sqrt(gray$var["1 1", ])
  )
}))
for (column in c("incidence", "error", "cmprsk_incidence", "cmprsk_error")) {
  known[[column]] <- formatC(known[[column]], digits = 12, format = "g")
}
write.csv(known, file.path(folder, "competing_r.csv"), row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "cmprsk", as.character(packageVersion("cmprsk")), "\n")
