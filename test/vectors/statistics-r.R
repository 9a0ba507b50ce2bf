# Makes statistics-r.json: test vectors from R's stats package.
# Debian: apt-get install r-base-core; then, from the repository: Rscript test/vectors/statistics-r.R && npx biome format --write test/vectors
set.seed(20261122)

number <- function(x) ifelse(is.infinite(x), 'null', sprintf('%.17g', x))
array <- function(x) paste0('[', paste(number(x), collapse = ', '), ']')
object <- function(...) {
  fields <- list(...)
  paste0('{', paste0('"', names(fields), '": ', unlist(fields), collapse = ', '), '}')
}
list_of <- function(items) paste0('[\n  ', paste(items, collapse = ',\n  '), '\n ]')
untied <- function(n, shift = 0) round(shift + rt(n, 3) * 0.05, 12)

one_sample <- function() {
  cases <- expand.grid(n = c(6, 8, 9, 16, 32, 49, 64), confidence = c(0.95, 0.9875))
  list_of(mapply(function(n, confidence) {
    d <- untied(n, 0.03)
    test <- suppressWarnings(wilcox.test(d, exact = TRUE, conf.int = TRUE, conf.level = confidence))
    interval <- if (2 * psignrank(0, n) <= 1 - confidence) array(test$conf.int) else 'null'
    object(differences = array(d), confidence = number(confidence), pValue = number(test$p.value),
           pseudoMedian = number(test$estimate), interval = interval)
  }, cases$n, cases$confidence))
}

two_sample <- function() {
  list_of(mapply(function(m, n, confidence) {
    x <- untied(m)
    y <- untied(n, 0.04)
    test <- wilcox.test(y, x, exact = TRUE, conf.int = TRUE, conf.level = confidence)
    object(x = array(x), y = array(y), confidence = number(confidence), pValue = number(test$p.value),
           shift = number(test$estimate), interval = array(test$conf.int))
  }, c(6, 8, 8, 16, 20, 49, 64), c(6, 8, 12, 16, 9, 49, 64), c(0.95, 0.95, 0.9875, 0.95, 0.95, 0.95, 0.9875)))
}

tables <- function() {
  list_of(sapply(c(1, 2, 5, 6, 8, 16, 32, 64), function(n) {
    object(n = number(n), density = array(dsignrank(0:(n * (n + 1) / 2), n)))
  }))
}

trends <- function() {
  list_of(sapply(c(6, 8, 12, 20, 49, 60, 100), function(n) {
    exact <- n < 50
    values <- if (exact) untied(n) + 0.002 * seq_len(n) else round(rnorm(n) * 3 + 0.02 * seq_len(n))
    test <- suppressWarnings(cor.test(seq_len(n), values, method = 'kendall', exact = exact, continuity = TRUE))
    object(values = array(values), exact = if (exact) 'true' else 'false', pValue = number(test$p.value))
  }))
}

holm <- function() {
  list_of(sapply(list(0.04, c(0.01, 0.04), c(0.03, 0.001, 0.6, 0.02), c(0.2, 0.2, 0.01, 0.5, 0.004)), function(p) {
    object(pValues = array(p), adjusted = array(p.adjust(p, 'holm')))
  }))
}

writeLines(paste0('{\n "source": "', R.version.string, ', by test/vectors/statistics-r.R"',
                  ',\n "oneSample": ', one_sample(), ',\n "twoSample": ', two_sample(), ',\n "signedRankTables": ', tables(),
                  ',\n "trends": ', trends(), ',\n "holm": ', holm(), '\n}'), 'test/vectors/statistics-r.json')
