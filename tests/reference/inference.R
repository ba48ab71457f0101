# Firth's regression, score intervals, Boschloo's test, a corrected prevalence and standardised differences, by R.
# Rscript tests/reference/inference.R tests/reference
suppressMessages({
  library(logistf); library(brglm2); library(Exact); library(PropCIs); library(asht); library(stddiff)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
write <- function(rows, name) {
  numeric <- vapply(rows, is.double, TRUE)
  rows[numeric] <- lapply(rows[numeric], function(x) trimws(formatC(x, digits = 12, format = "g")))
  write.csv(rows, file.path(folder, name), row.names = FALSE, quote = FALSE)
}

# Endometrial cancer (Heinze and Schemper 2002), 42 invented persons of whom 7 did not respond, and a separated table.
data(endometrial, package = "brglm2")
write.csv(endometrial, file.path(folder, "endometrial.csv"), row.names = FALSE, quote = FALSE)
tight <- logistf.control(maxit = 10000, lconv = 1e-8, gconv = 1e-8, xconv = 1e-8, collapse = FALSE)
ends <- logistpl.control(maxit = 10000, lconv = 1e-8, xconv = 1e-8)
fitted <- function(name, formula, rows, level = 0.95) {
  fit <- logistf(formula, data = rows, control = tight, plcontrol = ends, alpha = 1 - level, pl = TRUE)
  # The standard error of Heinze and Schemper is that of the plain information; logistf prints another.
  plain <- glm(formula, binomial, rows, method = "brglmFit", type = "AS_mean", epsilon = 1e-10, maxit = 1000)
  stopifnot(max(abs(coef(plain) - coef(fit))) < 1e-5)
  data.frame(
    model = name, level = level, term = names(coef(fit)), coefficient = unname(coef(fit)),
    error = unname(summary(plain)$coefficients[, 2]), lower = unname(fit$ci.lower), upper = unname(fit$ci.upper),
    p_value = unname(fit$prob), likelihood = fit$loglik[["full"]], likelihood_of_none = fit$loglik[["null"]],
    overall = 2 * (fit$loglik[["full"]] - fit$loglik[["null"]]),
    overall_p_value = pchisq(2 * (fit$loglik[["full"]] - fit$loglik[["null"]]), fit$df, lower.tail = FALSE)
  )
}
few <- data.frame(
  responded = c(rep(1, 35), rep(0, 7)),
  muscle = c(rep(1, 22), rep(0, 13), rep(1, 5), rep(0, 2)),
  age = c(seq(21, 89, by = 2), 30, 44, 45, 61, 62, 70, 79)
)
write.csv(few, file.path(folder, "firth_few.csv"), row.names = FALSE, quote = FALSE)
write(rbind(
  fitted("endometrial", HG ~ NV + PI + EH, endometrial),
  fitted("endometrial", HG ~ NV + PI + EH, endometrial, 0.9),
  fitted("few", responded ~ muscle + age, few),
  fitted("separated", responded ~ apart, data.frame(responded = rep(0:1, c(9, 6)), apart = rep(0:1, c(9, 6))))
), "firth_r.csv")

tables <- rbind(c(56, 70, 48, 80), c(13, 15, 22, 27), c(9, 10, 3, 10), c(10, 10, 0, 20), c(0, 10, 0, 20),
                c(7, 12, 1, 12),
                c(5, 56, 0, 29), c(3, 3, 6, 6), c(2, 4, 1, 3))
write(do.call(rbind, apply(tables, 1, simplify = FALSE, function(t) {
  score <- diffscoreci(t[1], t[2], t[3], t[4], 0.95)$conf.int
  table <- matrix(c(t[1], t[2] - t[1], t[3], t[4] - t[3]), 2)
  tested <- if (t[1] + t[3] == 0 || t[1] + t[3] == t[2] + t[4]) NA else
    exact.test(table, method = "boschloo", to.plot = FALSE, npNumbers = 1000, cond.row = FALSE)$p.value
  data.frame(r1 = t[1], n1 = t[2], r2 = t[3], n2 = t[4], lower = score[1], upper = score[2], boschloo = tested)
})), "two_groups_r.csv")

corrected <- rbind(c(35, 42, 45, 50, 40, 50), c(20, 120, 50, 50, 290, 300), c(1, 40, 18, 20, 27, 30),
                   c(28, 42, 30, 30, 30, 30))
write(do.call(rbind, apply(corrected, 1, simplify = FALSE, function(t) {
  # asht takes a binomial count as one of n (1 - p) persons, for surveys; given n / (1 - p) it takes n.
  size <- t[2] / (1 - t[1] / t[2])
  melded <- WprevSeSp(size * t[1] / t[2], size, 1, t[6] - t[5], t[6], t[3], t[4], nmc = 4e6, seed = 1)
  data.frame(responders = t[1], evaluable = t[2], said_yes = t[3], truly_yes = t[4], said_no = t[5], truly_no = t[6],
             value = unname(melded$estimate), lower = melded$conf.int[1], upper = melded$conf.int[2])
})), "corrected_r.csv")

persons <- data.frame(group = rep(0:1, c(12, 9)),
                      age = c(34, 51, 47, 62, 29, 55, 41, 38, 66, 59, 44, 50, 61, 48, 70, 39, 57, 66, 52, 73, 45),
                      woman = c(1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0),
                      subtype = c(1, 1, 2, 3, 1, 2, 1, 3, 1, 2, 2, 1, 2, 3, 3, 1, 3, 2, 3, 1, 3))
write.csv(persons, file.path(folder, "balance_persons.csv"), row.names = FALSE, quote = FALSE)
ends <- c("stddiff", "stddiff.l", "stddiff.u")
told <- rbind(stddiff.numeric(persons, 1, 2)[, ends], stddiff.binary(persons, 1, 3)[, ends],
              stddiff.category(persons, 1, 4)[1, ends])
write(data.frame(variable = c("age", "woman", "subtype"), value = told[, 1], lower = told[, 2], upper = told[, 3]),
      "balance_r.csv")
cat(R.version.string, paste(c("logistf", "brglm2", "Exact", "PropCIs", "asht", "stddiff"), sapply(
  c("logistf", "brglm2", "Exact", "PropCIs", "asht", "stddiff"), function(p) as.character(packageVersion(p)))), "\n")
