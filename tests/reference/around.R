# Lines through repeated visits, the intraclass correlation, and paired proportions, by R.
# Rscript tests/reference/around.R tests/reference
suppressMessages({ library(nlme); library(lme4); library(clubSandwich); library(psych) })
folder <- commandArgs(trailingOnly = TRUE)[1]
write <- function(rows, name) {
  numeric <- vapply(rows, is.double, TRUE)
  rows[numeric] <- lapply(rows[numeric], function(x) trimws(formatC(x, digits = 12, format = "g")))
  write.csv(rows, file.path(folder, name), row.names = FALSE, quote = FALSE)
}

# 17 invented persons, seen one to three times before day 0 and one to four times after it, each with a slope.
set.seed(8)
visits <- do.call(rbind, lapply(1:17, function(person) {
  day <- c(-sort(sample(0:360, sample(1:3, 1)), decreasing = TRUE), sort(sample(1:360, sample(1:4, 1))))
  level <- 24 + rnorm(1, 0, 6); slope <- rnorm(1, -0.2, 0.4)
  data.frame(person, day, value = round(level + slope * day / 28 - ifelse(day > 0, 4 + 0.6 * day / 28, 0) +
    rnorm(length(day), 0, 2.5), 1))
}))
write(transform(visits, person = as.integer(person), day = as.integer(day)), "trend_visits.csv")
visits <- transform(visits, time = day / 28, after = as.numeric(day > 0))

told <- function(name, fit, vcov, contrasts) {
  rows <- linear_contrast(fit, vcov = vcov, contrasts = contrasts, test = "Satterthwaite")
  data.frame(model = name, contrast = seq_len(nrow(contrasts)), value = rows$Est, error = rows$SE, degrees = rows$df,
             lower = rows$CI_L, upper = rows$CI_U)
}
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.01, rhoend = 1e-12, maxfun = 1e5))
whole <- rbind(c(0, 1, 0, 0), c(0, 1, 0, 1), c(0, 0, 1, 0), c(0, 0, 0, 1), c(1, 4, 0, 0), c(0, 0, 1, 6.5))
mixed <- lmer(value ~ time + after + time:after + (1 | person), visits, REML = TRUE, control = tight)
by_nlme <- lme(value ~ time + after + time:after, random = ~ 1 | person, data = visits, method = "REML",
               control = lmeControl(msTol = 1e-14, tolerance = 1e-12, opt = "optim", reltol = 1e-15))
stopifnot(max(abs(fixef(mixed) - fixef(by_nlme))) < 1e-5)
variances <- as.data.frame(VarCorr(mixed))$vcov
cat("share of the variance between persons:", format(variances[1] / sum(variances), digits = 10), "\n")

# An intercept for each person: the columns of interest stand behind the 17 intercepts.
within <- lm(value ~ 0 + factor(person) + time + after + time:after, visits)
inside <- cbind(matrix(0, 4, 17), rbind(c(1, 0, 0), c(1, 0, 1), c(0, 1, 0), c(0, 0, 1)))
sleep <- lmer(Reaction ~ Days + (1 | Subject), sleepstudy, REML = TRUE, control = tight)
write(with(sleepstudy, data.frame(person = as.integer(as.character(Subject)), days = as.integer(Days), reaction = Reaction)),
      "sleepstudy.csv")
write(rbind(
  told("mixed", mixed, vcovCR(mixed, type = "CR2"), whole),
  told("within", within, vcovCR(within, cluster = visits$person, type = "CR2"), inside),
  told("sleepstudy", sleep, vcovCR(sleep, type = "CR2"), diag(2))
), "trend_r.csv")

# Shrout and Fleiss 1979, table 2 (the first two of four judges), and pairs of which the second is lower.
judges <- cbind(c(9, 6, 8, 7, 10, 6), c(2, 1, 4, 1, 5, 2))
drawn <- cbind(c(22, 31, 18, 25, 40, 27, 19, 33, 24, 29), c(20, 29, 19, 21, 41, 22, 20, 30, 25, 24))
write(do.call(rbind, lapply(list(judges = judges, drawn = drawn), function(pairs) {
  found <- ICC(pairs, lmer = FALSE)$results["Single_raters_absolute", ]
  data.frame(value = found$ICC, lower = found[["lower bound"]], upper = found[["upper bound"]])
})), "reliability_r.csv")

counts <- rbind(c(59, 6, 16, 80), c(1, 1, 7, 12), c(2, 0, 28, 5), c(0, 3, 3, 0), c(10, 0, 9, 0))
write(as.data.frame(do.call(rbind, apply(counts, 1, simplify = FALSE, function(t) {
  c(both = t[1], first_only = t[2], second_only = t[3], neither = t[4], p_value = binom.test(t[2], t[2] + t[3])$p.value)
}))), "mcnemar_r.csv")
