# Many small samples, drawn with a seed and with the ends of every range among them, as R answers them.
# Rscript tests/reference/small_samples.R tests/reference
# One row per number: which quantity, of what, what R says. Groups are parted by ";", missing is "NA".
suppressMessages({
  library(coin); library(exactci); library(Exact); library(exactRankTests); library(exact2x2)
  library(irrCAC); library(logistf); library(ratesci); library(survival); library(vcd)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20240229, kind = "Mersenne-Twister", sample.kind = "Rejection")
rows <- list()
told <- function(what, given, known, from) {
  given <- paste(vapply(given, function(one) paste(format(one, digits = 15, trim = TRUE), collapse = " "), ""),
                 collapse = ";")
  known <- unlist(known)
  rows[[length(rows) + 1]] <<- data.frame(
    what = what, given = given, part = names(known),
    known = vapply(known, function(x) format(x, digits = 15), ""), from = from, row.names = NULL
  )
}
root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-15, maxiter = 10000)$root

# Proportions: every count of small groups, and some of 42 and 100, at three levels.
for (n in c(1, 2, 3, 5, 12, 42, 100)) for (r in unique(c(0, 1, 2, n %/% 2, n - 2, n - 1, n))) if (r >= 0 && r <= n)
  for (level in c(0.8, 0.95, 0.99)) {
    ci <- binom.test(r, n, conf.level = level)$conf.int
    told("Clopper-Pearson", list(r, n, level), c(lower = ci[1], upper = ci[2]), "stats binom.test")
    a <- 1 - level
    # exactci's own search ends at 1e-4; the same tail is solved here to the last digits.
    mid <- c(lower = if (r == 0) 0 else root(function(p) pbinom(r, n, p, FALSE) + dbinom(r, n, p) / 2 - a / 2, 0, 1),
             upper = if (r == n) 1 else root(function(p) pbinom(r - 1, n, p) + dbinom(r, n, p) / 2 - a / 2, 0, 1))
    near <- binom.exact(r, n, conf.level = level, midp = TRUE)$conf.int
    stopifnot(max(abs(near - mid)) < 2e-4)
    told("mid-P", list(r, n, level), mid, "stats pbinom, checked against exactci binom.exact")
    w <- suppressWarnings(prop.test(r, n, conf.level = level, correct = FALSE)$conf.int)
    told("Wilson", list(r, n, level), c(lower = w[1], upper = w[2]), "stats prop.test")
    told("Jeffreys", list(r, n, level), c(
      lower = if (r == 0) 0 else qbeta(a / 2, r + 0.5, n - r + 0.5),
      upper = if (r == n) 1 else qbeta(1 - a / 2, r + 0.5, n - r + 0.5)), "stats qbeta")
  }

# Two groups: drawn counts, and the corners.
pairs <- rbind(c(0, 5, 0, 7), c(5, 5, 7, 7), c(0, 5, 7, 7), c(5, 5, 0, 7), c(1, 1, 0, 1), c(1, 1, 1, 1), c(0, 1, 3, 9),
               c(13, 15, 22, 27), c(3, 3, 6, 6), c(1, 42, 0, 42), c(41, 42, 42, 42), c(2, 3, 30, 39), c(0, 20, 1, 100))
for (i in 1:40) {
  n <- sample(1:45, 2, TRUE)
  pairs <- rbind(pairs, c(rbinom(1, n[1], runif(1)), n[1], rbinom(1, n[2], runif(1)), n[2]))
}
for (i in seq_len(nrow(pairs))) {
  g <- pairs[i, ]
  table <- matrix(c(g[1], g[2] - g[1], g[3], g[4] - g[3]), 2)
  told("Fisher", as.list(g), c(p = fisher.test(table)$p.value), "stats fisher.test")
  level <- c(0.95, 0.9, 0.99)[i %% 3 + 1]
  mn <- scoreci(g[1], g[2], g[3], g[4], level = level, skew = FALSE, bcf = TRUE, precis = 9, warn = FALSE)$estimates
  told("Miettinen-Nurminen", c(as.list(g), level), c(lower = mn[[1, "lower"]], upper = mn[[1, "upper"]]), "ratesci scoreci")
  nc <- moverci(g[1], g[2], g[3], g[4], level = level, type = "wilson")
  nc <- if (is.list(nc)) nc$estimates else nc
  told("Newcombe", c(as.list(g), level), c(lower = nc[[1, "lower"]], upper = nc[[1, "upper"]]), "ratesci moverci")
  m <- g[1] + g[3]
  if (m > 0 && m < g[2] + g[4]) {
    # fisher.test stops its search at 1e-4 of the odds; the same distribution is solved here to the last digits.
    low <- max(0, m - g[4]); high <- min(g[2], m); a <- (1 - level) / 2; k <- low:high
    tilted <- function(x) { d <- dhyper(k, g[2], g[4], m, log = TRUE) + x * k; d <- exp(d - max(d)); d / sum(d) }
    end <- function(f) exp(root(f, -60, 60))
    exact <- c(
      value = if (g[1] == low) 0 else if (g[1] == high) Inf else end(function(x) sum(tilted(x) * k) - g[1]),
      lower = if (g[1] == low) 0 else end(function(x) sum(tilted(x)[k >= g[1]]) - a),
      upper = if (g[1] == high) Inf else end(function(x) sum(tilted(x)[k <= g[1]]) - a))
    near <- fisher.test(table, conf.level = level)
    near <- c(near$estimate, near$conf.int)
    # The end of fisher.test that lies far out is off by up to a tenth.
    stopifnot(all.equal(unname(exact), unname(near), tolerance = 0.1))
    told("odds ratio", c(as.list(g), level), exact, "stats dhyper, checked against fisher.test")
    if (max(g[2], g[4]) <= 30)
      told("Boschloo", as.list(g), c(p = exact.test(table, method = "boschloo", to.plot = FALSE, npNumbers = 2000,
                                                    ref.pvalue = TRUE, cond.row = FALSE)$p.value), "Exact exact.test")
  }
}

# Tables of more rows and columns, with equal probabilities among them.
for (i in 1:60) {
  k <- sample(2:4, 1); l <- sample(2:3, 1)
  table <- matrix(rpois(k * l, sample(c(0.8, 2, 4), 1)), k)
  table <- table[rowSums(table) > 0, colSums(table) > 0, drop = FALSE]
  if (min(dim(table)) > 1)
    told("Freeman-Halton", apply(table, 1, c, simplify = FALSE), c(p = fisher.test(table, workspace = 2e7)$p.value),
         "stats fisher.test")
}

# Two samples, one in two of them tied; a group of one, and all alike.
samples <- list(list(5, c(1, 2, 3)), list(c(2, 2), c(2, 2, 2)), list(c(1, 2, 3, 4), c(10, 11, 12)),
                list(c(0, 0, 0, 1), c(0, 1, 1, 1, 1)))
for (i in 1:40) {
  n <- sample(1:18, 2, TRUE)
  draw <- if (i %% 2) function(n, by) round(rnorm(n, by), 3) else function(n, by) rpois(n, 2 + by)
  samples <- c(samples, list(list(draw(n[1], runif(1, 0, 2)), draw(n[2], 0))))
}
for (s in samples) {
  x <- s[[1]]; y <- s[[2]]
  all <- data.frame(value = c(x, y), group = factor(rep(1:2, c(length(x), length(y)))))
  if (length(unique(all$value)) > 1)
    told("Mann-Whitney", s, c(p = as.numeric(pvalue(wilcox_test(value ~ group, all, distribution = "exact")))),
         "coin wilcox_test")
  told("shift", s, c(value = median(outer(x, y, "-"))), "stats median")
  if (!anyDuplicated(all$value) && min(length(x), length(y)) > 3) {
    ci <- wilcox.test(x, y, exact = TRUE, conf.int = TRUE, conf.level = 0.95)$conf.int
    told("shift", s, c(lower = ci[1], upper = ci[2]), "stats wilcox.test")
  }
  if (min(length(x), length(y)) > 1 && (var(x) > 0 || var(y) > 0)) {
    w <- t.test(x, y)
    told("Welch", s, c(p = w$p.value, lower = w$conf.int[1], upper = w$conf.int[2]), "stats t.test")
  }
}

# One sample of differences, with zeros and ties.
changes <- list(3, c(0, 0, 1), c(-1, 1), c(2, 2, 2, 2, 2), c(-5, -4, -3, -2, -1, 0))
for (i in 1:30) {
  n <- sample(2:20, 1)
  changes <- c(changes, list(if (i %% 2) round(rnorm(n, 0.5), 3) else rpois(n, 3) - rpois(n, 2)))
}
for (d in changes) {
  moved <- d[d != 0]
  if (length(moved) > 0) {
    test <- wilcoxsign_test(y ~ x, data.frame(y = moved, x = 0 * moved), distribution = "exact",
                            zero.method = "Wilcoxon")
    told("signed rank", list(d), c(p = as.numeric(pvalue(test))), "coin wilcoxsign_test")
  }
  walsh <- outer(d, d, "+") / 2
  told("paired shift", list(d), c(value = median(walsh[upper.tri(walsh, TRUE)])), "stats median")
  if (!anyDuplicated(abs(d)) && all(d != 0) && length(d) > 5) {
    ci <- wilcox.test(d, exact = TRUE, conf.int = TRUE)$conf.int
    told("paired shift", list(d), c(lower = ci[1], upper = ci[2]), "stats wilcox.test")
  }
  if (length(d) > 1 && var(d) > 0) {
    t <- t.test(d)
    told("paired t", list(d), c(p = t$p.value, lower = t$conf.int[1], upper = t$conf.int[2]), "stats t.test")
  }
  q <- quantile(d, c(0.25, 0.5, 0.75))
  told("median", list(d), c(lower = q[[1]], value = q[[2]], upper = q[[3]]), "stats quantile")
}

# Times: events, competing events and censored, tied.
for (i in 1:30) {
  n <- sample(2:30, 1)
  time <- sample(1:12, n, TRUE); state <- sample(0:2, n, TRUE, c(0.3, 0.4, 0.3))
  if (i == 1) state <- rep(1, n)
  if (i == 2) state <- rep(0, n)
  given <- list(time[state == 1], time[state == 2], time[state == 0])
  if (any(state == 1)) {
    fit <- survfit(Surv(time, state == 1) ~ 1, conf.type = "log-log")
    at <- max(time[state == 1])
    s <- summary(fit, times = at)
    if (s$surv > 0)
      told("Kaplan-Meier", c(given, at), c(value = 1 - s$surv, lower = 1 - s$upper, upper = 1 - s$lower),
           "survival survfit")
    # R takes the middle of the times at which the curve lies on one half; the program takes the first of them.
    if (!any(abs(c(fit$surv, fit$lower, fit$upper) - 0.5) < 1e-9, na.rm = TRUE)) {
      q <- quantile(fit, 0.5)
      told("median time", given, c(value = q$quantile[[1]],
           lower = q$lower[[1]], upper = q$upper[[1]]), "survival quantile.survfit")
    }
  }
  if (any(state == 1) && any(state == 2)) {
    at <- max(time[state == 1])
    fit <- survfit(Surv(time, factor(state, 0:2)) ~ 1, conf.type = "log-log")
    s <- summary(fit, times = at)
    told("Aalen-Johansen", c(given, at), c(value = s$pstate[1, 2], error = s$std.err[1, 2]), "survival survfit")
  }
}

# Agreement: tables of two to four categories, some of them empty.
for (i in 1:40) {
  k <- sample(2:4, 1)
  table <- matrix(rpois(k * k, 1.5), k) + diag(rpois(k, 6))
  if (i == 1) table <- matrix(c(40, 1, 2, 0), 2)
  rows_of <- apply(table, 1, c, simplify = FALSE)
  if (all(rowSums(table) + colSums(table) > 0) && sum(diag(table)) < sum(table)) {
    v <- Kappa(table)
    told("kappa", rows_of, c(value = v$Unweighted[[1]], error = v$Unweighted[[2]]), "vcd Kappa")
    linear <- Kappa(table, weights = "Equal-Spacing"); square <- Kappa(table, weights = "Fleiss-Cohen")
    told("linear kappa", rows_of, c(value = linear$Weighted[[1]], error = linear$Weighted[[2]]), "vcd Kappa")
    told("quadratic kappa", rows_of, c(value = square$Weighted[[1]], error = square$Weighted[[2]]), "vcd Kappa")
  }
}

# irrCAC prints fewer digits than it counts with.
for (i in 1:30) {
  k <- sample(2:4, 1); n <- sample(4:25, 1)
  one <- sample(k, n, TRUE)
  ratings <- cbind(one, ifelse(runif(n) < 0.7, one, sample(k, n, TRUE)), ifelse(runif(n) < 0.6, one, sample(k, n, TRUE)))
  ratings[runif(3 * n) < 0.15] <- NA
  ratings <- ratings[rowSums(!is.na(ratings)) > 0, , drop = FALSE]
  of_rows <- apply(ratings, 1, c, simplify = FALSE)
  for (scale in c("unweighted", "ordinal", "quadratic")) {
    paired <- ratings[rowSums(!is.na(ratings)) > 1, , drop = FALSE]
    if (length(unique(na.omit(c(paired)))) < 2) next
    if (scale == "unweighted")
      told("alpha nominal", of_rows, c(value = krippen.alpha.raw(ratings, scale)$est$coeff.val),
           "irrCAC krippen.alpha.raw")
    if (scale == "quadratic")
      told("alpha interval", of_rows, c(value = krippen.alpha.raw(ratings, scale)$est$coeff.val),
           "irrCAC krippen.alpha.raw")
  }
  table <- table(factor(ratings[, 1], seq_len(k)), factor(ratings[, 2], seq_len(k)))
  if (sum(table) > 1) {
    ac <- gwet.ac1.table(unclass(table))
    told("AC1", apply(table, 1, c, simplify = FALSE), c(value = ac$coeff.val, error = ac$coeff.se),
         "irrCAC gwet.ac1.table")
  }
}

# Events in time.
for (i in 1:40) {
  e <- rpois(2, sample(c(0.5, 3, 15), 1)); t <- round(runif(2, 0.5, 90), 2)
  level <- c(0.95, 0.8)[i %% 2 + 1]
  one <- poisson.test(e[1], t[1], conf.level = level)
  told("rate", list(e[1], t[1], level), c(value = one$estimate[[1]], lower = one$conf.int[1], upper = one$conf.int[2]),
       "stats poisson.test")
  if (sum(e) > 0) {
    two <- poisson.test(e, t, conf.level = level)
    less <- poisson.test(e, t, alternative = "less")$p.value
    more <- poisson.test(e, t, alternative = "greater")$p.value
    told("rate ratio", list(e[1], t[1], e[2], t[2], level), c(
      lower = two$conf.int[1], upper = two$conf.int[2], p = min(1, 2 * less, 2 * more)), "stats poisson.test")
  }
}
for (i in 1:15) {
  n <- sample(3:20, 1); t <- round(runif(n, 1, 9), 1); e <- rpois(n, t * rgamma(n, 1, 2))
  if (sum(e) == 0) next
  fit <- glm(e ~ 1 + offset(log(t)), poisson, control = glm.control(epsilon = 1e-14, maxit = 100))
  x2 <- sum(residuals(fit, "pearson")^2)
  told("dispersion", list(e, t), c(value = x2 / (n - 1), p = pchisq(x2, n - 1, lower.tail = FALSE)), "stats glm")
}

# Firth's regression: two predictors, some tables separated.
tight <- logistf.control(maxit = 20000, lconv = 1e-10, gconv = 1e-10, xconv = 1e-10, collapse = FALSE)
ends <- logistpl.control(maxit = 20000, lconv = 1e-10, xconv = 1e-10)
for (i in 1:16) {
  n <- sample(c(8, 15, 30, 42), 1)
  x <- rbinom(n, 1, 0.5); z <- round(rnorm(n), 2); y <- rbinom(n, 1, plogis(0.8 + 1.2 * x))
  if (i <= 3) y <- x
  if (length(unique(y)) < 2 || length(unique(x)) < 2) next
  fit <- suppressWarnings(logistf(y ~ x + z, control = tight, plcontrol = ends))
  told("Firth", list(y, x, z), c(coefficient = coef(fit)[[2]], lower = fit$ci.lower[[2]], upper = fit$ci.upper[[2]],
                                 p = fit$prob[[2]]), "logistf logistf")
}

# The chance that Fisher's test finds a difference: every pair of counts.
for (i in 1:12) {
  n <- sample(3:20, 2, TRUE); rate <- round(runif(2), 2); alpha <- sample(c(0.05, 0.01), 1)
  found <- outer(0:n[1], 0:n[2], Vectorize(function(a, c)
    (fisher.test(matrix(c(a, n[1] - a, c, n[2] - c), 2))$p.value <= alpha * (1 + 1e-7)) *
      dbinom(a, n[1], rate[1]) * dbinom(c, n[2], rate[2])))
  told("power", list(n[1], rate[1], n[2], rate[2], alpha), c(value = sum(found)), "stats fisher.test")
}

# Families of P values.
for (i in 1:12) {
  p <- signif(runif(sample(1:9, 1))^3, 4)
  if (i %% 3 == 0) p <- c(p, p[1], 0, 1)
  holm <- p.adjust(p, "holm"); bh <- p.adjust(p, "BH")
  told("Holm", list(p), setNames(holm, seq_along(p)), "stats p.adjust")
  told("Benjamini-Hochberg", list(p), setNames(bh, seq_along(p)), "stats p.adjust")
}

# Falling back to the mean: integrals of the two-dimensional normal distribution, one within the other.
for (i in 1:24) {
  m <- round(runif(1, 5, 30), 1); s <- round(runif(1, 2, 12), 1)
  r <- c(0.05, 0.5, 0.8, 0.9, 0.95, 0.99)[i %% 6 + 1]; cut <- round(m + s * runif(1, -2, 2.5), 1)
  fall <- 4; part <- 0.4; cut <- max(cut, 0)
  share <- pnorm(cut, m, s, lower.tail = FALSE)
  above <- function(f) {
    pieces <- seq(cut, max(cut, m) + 12 * s, length.out = 41)
    sum(mapply(function(a, b) integrate(f, a, b, rel.tol = 1e-11, abs.tol = 1e-14, subdivisions = 5000)$value,
               head(pieces, -1), tail(pieces, -1))) / share
  }
  given <- list(m, s, r, cut)
  told("regression to the mean", given, c(
    fall = above(function(x) (x - m) * (1 - r) * dnorm(x, m, s))), "stats integrate")
  told("share falling", c(given, fall), c(value = above(function(x) dnorm(x, m, s) *
    pnorm(x - fall, m + r * (x - m), s * sqrt(1 - r^2)))), "stats integrate")
  told("share falling by part", c(given, part), c(value = above(function(x) dnorm(x, m, s) *
    pnorm(x * (1 - part), m + r * (x - m), s * sqrt(1 - r^2)))), "stats integrate")
}
rows <- do.call(rbind, rows)
write.csv(rows, file.path(folder, "small_samples_r.csv"), row.names = FALSE, quote = FALSE)
cat(R.version.string, nrow(rows), "\n", sapply(
  c("coin", "exactci", "Exact", "exactRankTests", "irrCAC", "logistf", "ratesci", "survival", "vcd"),
  function(p) paste(p, packageVersion(p))), "\n")
