# Pooled proportions of small sites, by the random-intercept logistic model of metafor (rma.glmm, PLO) over lme4.
# Rscript tests/reference/pooling.R tests/reference
suppressMessages({ library(metafor); library(lme4) })
folder <- commandArgs(trailingOnly = TRUE)[1]
cases <- list(
  four = list(c(8, 13, 5, 20), c(10, 15, 9, 22)), unlike = list(c(1, 14, 3, 20, 9), c(10, 15, 9, 22, 10)),
  edges = list(c(0, 8, 3, 12, 5, 6), c(3, 8, 5, 15, 9, 6)), alike = list(c(8, 16, 11), c(10, 20, 15)),
  two = list(c(3, 19), c(12, 22)), large = list(c(80, 130, 210, 95), c(100, 150, 220, 140)),
  ten = list(c(3, 2, 5, 6, 1, 9, 4, 4, 7, 2), c(4, 6, 5, 9, 4, 10, 8, 4, 9, 3))
)
told <- do.call(rbind, lapply(names(cases), function(name) {
  r <- cases[[name]][[1]]; n <- cases[[name]][[2]]; site <- factor(seq_along(r))
  tight <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e6),
                        check.conv.grad = "ignore", check.conv.hess = "ignore", check.conv.singular = "ignore")
  fit <- glmer(cbind(r, n - r) ~ 1 + (1 | site), family = binomial, nAGQ = 50, control = tight)
  # With more than one node the likelihood that lme4 prints lacks a constant: it is integrated here.
  likelihood <- function(m, s) sum(mapply(function(r, n) log(sum(vapply(seq(-10, 9.9, 0.1), function(from)
    integrate(function(u) exp(r * plogis(m + s * u, log.p = TRUE) + (n - r) * plogis(-m - s * u, log.p = TRUE)) *
      dnorm(u), from, from + 0.1, rel.tol = 1e-12, abs.tol = 0)$value, 0))), r, n))
  largest <- likelihood(fixef(fit)[[1]], getME(fit, "theta")[[1]])
  # metafor is the same model with 7 nodes: it is asked as well, and must be near.
  meta <- suppressWarnings(rma.glmm(measure = "PLO", xi = r, ni = n, nAGQ = 7))
  stopifnot(abs(meta$beta[1] - fixef(fit)) < 5e-3, abs(sqrt(meta$tau2) - getME(fit, "theta")) < 2e-2)
  data.frame(case = name, responders = paste(r, collapse = " "), persons = paste(n, collapse = " "),
             centre = fixef(fit)[[1]], spread = getME(fit, "theta")[[1]], error = sqrt(vcov(fit)[1, 1]),
             gain = max(0, 2 * (largest - likelihood(qlogis(sum(r) / sum(n)), 0))), likelihood = largest)
}))
numeric <- vapply(told, is.double, TRUE)
told[numeric] <- lapply(told[numeric], function(x) formatC(x, digits = 12, format = "g"))
write.csv(told, file.path(folder, "pooling_r.csv"), row.names = FALSE, quote = FALSE)
print(told); cat(R.version.string, paste(c("lme4", "metafor"), sapply(c("lme4", "metafor"), function(p)
  as.character(packageVersion(p)))), "\n")
