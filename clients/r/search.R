# Searches a Termduet server from R (needs httr2; not run in our tests).
library(httr2)

termduet_search <- function(query, k = 10, url = "http://127.0.0.1:8080") {
  answer <- request(url) |>
    req_url_path("/api/v1/search") |>
    req_url_query(q = query, k = k) |>
    req_perform() |>
    resp_body_json(simplifyVector = TRUE)
  answer$results[, c("rank", "cui", "name", "string", "rating", "matchType")]
}

termduet_search("crise cardiaque")
