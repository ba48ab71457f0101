# What the shipped study must find, from the planted truth alone: no record is read, and none of the program's code.
# refractory hospital --out FOLDER; Rscript tests/reference/planted.R FOLDER/truth tests/reference
suppressMessages({ library(coin); library(logistf) })
arguments <- commandArgs(trailingOnly = TRUE)
all <- read.csv(file.path(arguments[1], "persons.csv"), stringsAsFactors = FALSE)
p <- all[all$is_in_cohort == "True", ]
yes <- p$response == "RESPONSE"
stopifnot(all(p$response %in% c("RESPONSE", "NO_RESPONSE")))
rows <- NULL
told <- function(id, ...) { known <- c(...); rows <<- rbind(rows, data.frame(id, part = names(known), known)) }
share <- function(id, among) {
  ci <- binom.test(sum(yes[among]), sum(among))$conf.int
  told(id, numerator = sum(yes[among]), denominator = sum(among), lower = ci[1], upper = ci[2])
}
told("cohort.persons", value = nrow(p))
share("response.overall", rep(TRUE, nrow(p)))
for (one in unique(p$stratum)) share(paste0("response.", one), p$stratum == one)
for (one in unique(p$subtype)) share(paste0("response.subtype.", one), p$subtype == one)

numbers <- list("Age at day 0, years" = p$age_years, "Diagnosis to day 0, days" = p$days_from_diagnosis,
                "Drugs before day 0" = p$drugs_before)
for (name in names(numbers)) {
  x <- numbers[[name]]
  test <- wilcox_test(x ~ factor(yes), distribution = "exact")
  told(paste0("predictor.", name, ".test"), p_value = as.numeric(pvalue(test)))
  told(paste0("predictor.", name, ".effect"), value = median(outer(x[yes], x[!yes], "-")))
}
wilson <- function(r, n) {
  z <- qnorm(0.975); m <- (r + z^2 / 2) / (n + z^2); h <- z * sqrt(r * (n - r) / n + z^2 / 4) / (n + z^2)
  c(m - h, m + h)
}
finds <- function(n, rate) {
  # Nearest rates, in steps of a thousandth, that Fisher's test finds with a chance of 80 %.
  p <- outer(0:n[1], 0:n[2], Vectorize(function(a, c) fisher.test(matrix(c(a, n[1] - a, c, n[2] - c), 2))$p.value))
  power <- function(other) sum(outer(dbinom(0:n[1], n[1], rate), dbinom(0:n[2], n[2], other)) * (p <= 0.05 * (1 + 1e-7)))
  down <- c(round(rate - (1:floor(rate * 1000)) / 1000, 12), 0); up <- c(round(rate + (1:floor((1 - rate) * 1000)) / 1000, 12), 1)
  below <- Find(function(x) power(x) >= 0.8, down); above <- Find(function(x) power(x) >= 0.8, up)
  c(below = if (is.null(below)) NA else below, above = if (is.null(above)) NA else above)
}
two <- list(Sex = c("female", "male"), Stratum = c("Skin and muscle or lung", "Skin alone"))
for (name in names(two)) {
  group <- factor(p[[tolower(name)]], two[[name]])
  t <- table(group, yes)
  r <- unname(t[, "TRUE"]); n <- unname(rowSums(t)); s <- r / n
  a <- wilson(r[1], n[1]); b <- wilson(r[2], n[2]); d <- s[[1]] - s[[2]]
  told(paste0("predictor.", name, ".effect"), value = d, lower = d - sqrt((s[[1]] - a[1])^2 + (b[2] - s[[2]])^2),
       upper = d + sqrt((a[2] - s[[1]])^2 + (s[[2]] - b[1])^2))
  told(paste0("predictor.", name, ".test"), p_value = fisher.test(t)$p.value)
  told(paste0("detectable.", name), finds(unname(n), mean(yes)))
}
told("predictor.Subtype.test", p_value = fisher.test(table(p$subtype, yes))$p.value)

# The two that the protocol puts into one model; age per standard deviation of those in it.
age <- p$age_years / sd(p$age_years); skin <- as.numeric(p$stratum == "Skin alone")
fit <- logistf(yes ~ age + skin, control = logistf.control(maxit = 20000, lconv = 1e-10, gconv = 1e-10, xconv = 1e-10),
               plcontrol = logistpl.control(maxit = 20000, lconv = 1e-10, xconv = 1e-10))
for (term in 2:3) {
  id <- c("", "together.Age at day 0, years, per SD", "together.Stratum: Skin alone against Skin and muscle or lung")[term]
  told(id, value = exp(coef(fit)[[term]]), lower = exp(fit$ci.lower[[term]]), upper = exp(fit$ci.upper[[term]]))
  told(paste0(id, ".test"), p_value = fit$prob[[term]])
}
rows$known <- vapply(rows$known, format, "", digits = 12)
write.csv(rows, file.path(arguments[2], "planted_r.csv"), row.names = FALSE)
cat(R.version.string, nrow(rows), "numbers\n")
