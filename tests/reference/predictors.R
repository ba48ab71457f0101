# Exact and ridge logistic regression, Rubin's rules, combined profiles and imputation by chained equations, by R.
# Rscript tests/reference/predictors.R tests/reference
suppressMessages({ library(logistiX); library(logistf); library(mice); library(mgcv) })
folder <- commandArgs(trailingOnly = TRUE)[1]
write <- function(rows, name, digits = 12) {
  numeric <- vapply(rows, is.double, TRUE)
  rows[numeric] <- lapply(rows[numeric], function(x) trimws(formatC(x, digits = digits, format = "g")))
  write.csv(rows, file.path(folder, name), row.names = FALSE, quote = FALSE)
}

# Exact, yes or no predictors (logistiX): 42 persons of whom 7 did not respond, and the same with a separating predictor.
set.seed(11)
n <- 42
few <- data.frame(responded = sample(rep(c(1, 0), c(35, 7))), female = rbinom(n, 1, 0.6), skin = rep(c(1, 0), c(15, 27)),
                  raised = rbinom(n, 1, 0.3))
few$apart <- ifelse(few$responded == 1, rbinom(n, 1, 0.4), 0)
write.csv(few, file.path(folder, "exact_few.csv"), row.names = FALSE, quote = FALSE)
# The conditional distributions are logistiX's; it finds the estimates by a search that stops early, so that they are
# found from its distributions a second time.
root <- function(rising, target) uniroot(function(b) rising(b) - target, c(-60, 60), tol = 1e-13)$root
from_distribution <- function(sums, counts, observed, level = 0.95) {
  weigh <- function(b) { w <- log(counts) + b * sums; w <- exp(w - max(w)); w / sum(w) }
  at_least <- function(b) sum(weigh(b)[sums >= observed])
  below_or_at <- function(b) -sum(weigh(b)[sums <= observed])
  tail <- (1 - level) / 2
  edge <- observed %in% range(sums)
  value <- if (!edge) root(function(b) sum(weigh(b) * sums), observed) else
    if (observed == max(sums)) root(at_least, 0.5) else root(below_or_at, -0.5)
  c(value, if (observed == min(sums)) -Inf else root(at_least, tail),
    if (observed == max(sums)) Inf else root(below_or_at, -tail), min(1, 2 * min(at_least(0), -below_or_at(0))))
}
exact <- function(model, names) {
  fit <- suppressWarnings(logistiX(x = as.matrix(few[names]), y = few$responded))
  do.call(rbind, lapply(seq_along(names), function(place) {
    at <- fit$distout[fit$distout$varnum == place, ]
    found <- from_distribution(at$t.stat, at$counts, sum(few$responded * few[[names[place]]]))
    theirs <- fit$ciout[fit$ciout$var == place & fit$ciout$method == "TST", ]
    own <- fit$estout[fit$estout$varnum == place & trimws(fit$estout$method) == "LX", "estimate"]
    stopifnot(abs(own - found[1]) < 1e-3, abs(theirs[["p-value (2-sided)"]] - found[4]) < 1e-9)
    data.frame(model = model, term = names[place], coefficient = found[1], lower = found[2], upper = found[3],
               p_value = found[4])
  }))
}
# Whole numbers: all choices of 6 of 14 persons, one by one.
whole <- data.frame(responded = c(1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0), dose = c(3, 1, 0, 2, 4, 1, 2, 5, 3, 2, 0, 1, 4, 2),
                    treated = rep(c(0, 1), 7))
write.csv(whole, file.path(folder, "exact_whole.csv"), row.names = FALSE, quote = FALSE)
by_hand <- function(term, others) {
  chosen <- combn(nrow(whole), sum(whole$responded))
  sums <- function(name) colSums(matrix(whole[[name]][chosen], nrow(chosen)))
  observed <- function(name) sum(whole$responded * whole[[name]])
  kept <- Reduce(`&`, lapply(others, function(name) sums(name) == observed(name)), rep(TRUE, ncol(chosen)))
  counts <- table(sums(term)[kept])
  found <- from_distribution(as.numeric(names(counts)), as.numeric(counts), observed(term))
  data.frame(model = "whole", term = term, coefficient = found[1], lower = found[2], upper = found[3], p_value = found[4])
}
write(rbind(
  exact("two", c("female", "skin")), exact("three", c("female", "skin", "raised")),
  exact("apart", c("skin", "apart")), by_hand("dose", "treated"), by_hand("treated", "dose")
), "exact_r.csv")

# Imputed sets of those persons, drawn without care, as a test of pooling alone.
score <- round(rnorm(n, few$responded - 0.5), 2)
gaps <- sample(n, 9)
sets <- do.call(rbind, lapply(1:6, function(set) {
  filled <- score
  filled[gaps] <- round(rnorm(length(gaps), few$responded[gaps] - 0.5), 2)
  data.frame(set = set, responded = few$responded, skin = few$skin, score = filled)
}))
write.csv(sets, file.path(folder, "imputed_sets.csv"), row.names = FALSE, quote = FALSE)
each <- split(sets, sets$set)
tight <- logistf.control(maxit = 10000, lconv = 1e-10, gconv = 1e-10, xconv = 1e-10)
fits <- lapply(each, function(rows) logistf(responded ~ skin + score, data = rows, control = tight, pl = TRUE))
clip <- CLIP.confint(obj = fits, data = each, control = tight)
plain <- lapply(each, function(rows) glm(responded ~ skin + score, binomial, rows, method = brglm2::brglmFit,
                                         type = "AS_mean", epsilon = 1e-12, maxit = 1000))
pooled <- do.call(rbind, lapply(c("skin", "score"), function(term) {
  values <- vapply(plain, function(fit) coef(fit)[[term]], 0)
  errors <- vapply(plain, function(fit) vcov(fit)[term, term], 0)
  found <- pool.scalar(values, errors, n = n, k = 3)
  place <- match(term, clip$variable)
  data.frame(term = term, coefficient = found$qbar, error = sqrt(found$t), degrees = found$df, missing = found$fmi,
             lower = clip$ci[place, 1], upper = clip$ci[place, 2], p_value = clip$pvalue[place])
}))
write(pooled, "combined_r.csv")

# Ridge: the penalty by restricted marginal likelihood, on columns of spread 1 (over n), as mgcv finds it.
even <- function(x) (x - mean(x)) / sqrt(mean((x - mean(x))^2))
ridge <- function(model, columns, responded) {
  X <- apply(columns, 2, even)
  fit <- gam(responded ~ X, family = binomial, method = "REML", paraPen = list(X = list(diag(ncol(X)))),
             control = gam.control(epsilon = 1e-12, newton = list(conv.tol = 1e-10)))
  spreads <- apply(columns, 2, function(x) sqrt(mean((x - mean(x))^2)))
  data.frame(model = model, term = colnames(columns), coefficient = unname(coef(fit)[-1]) / unname(spreads),
             penalty = unname(fit$sp), degrees = sum(fit$edf) - 1)
}
data(endometrial, package = "brglm2")
first <- each[[1]]
write(rbind(
  ridge("few", as.matrix(first[c("skin", "score")]), first$responded),
  ridge("endometrial", as.matrix(endometrial[c("NV", "PI", "EH")]), endometrial$HG)
), "ridge_r.csv")

# Imputation: what mice's chained equations give in the long run. 150 persons; a number and a group of three with gaps
# that depend on the response and on what is known.
n <- 150
age <- round(rnorm(n), 2)
score <- round(0.6 * age + rnorm(n), 2)
group <- c("a", "b", "c")[1 + (runif(n) < plogis(score)) + (runif(n) < 0.3)]
responded <- rbinom(n, 1, plogis(0.5 + 0.8 * score - 0.7 * (group == "b")))
score[runif(n) < plogis(-1.6 + responded + 0.5 * age)] <- NA
group[runif(n) < plogis(-2.2 + responded)] <- NA
gappy <- data.frame(responded, age, score, group)
write.csv(gappy, file.path(folder, "imputation_gaps.csv"), row.names = FALSE, quote = FALSE)
done <- mice(transform(gappy, group = factor(group)), m = 2000, maxit = 10, seed = 5, printFlag = FALSE,
             method = c("", "", "pmm", "polyreg"))
found <- do.call(rbind, lapply(1:done$m, function(set) {
  rows <- complete(done, set)
  is_gap <- is.na(gappy$score)
  fit <- glm(responded ~ age + score + I(group == "b") + I(group == "c"), binomial, rows)
  c(score_of_gaps = mean(rows$score[is_gap]), spread_of_gaps = sd(rows$score[is_gap]),
    b_of_gaps = mean(rows$group[is.na(gappy$group)] == "b"), c_of_gaps = mean(rows$group[is.na(gappy$group)] == "c"),
    age = coef(fit)[[2]], score = coef(fit)[[3]], b = coef(fit)[[4]], c = coef(fit)[[5]])
}))
write(data.frame(quantity = colnames(found), mean = colMeans(found), sd = apply(found, 2, sd), sets = done$m),
      "imputation_r.csv", 8)
cat(R.version.string, "logistiX", "1.0-1", "logistf", as.character(packageVersion("logistf")), "mice",
    as.character(packageVersion("mice")), "mgcv", as.character(packageVersion("mgcv")), "\n")
