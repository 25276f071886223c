import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import { problemSchema } from "../schemas/problem-schema.ts";
import {
  ratingsAddedSchema,
  ratingsBodySchema,
  reviewEntriesQuerySchema,
  reviewEntriesSchema,
  reviewQuerySchema,
  reviewSchema,
  undoableQuerySchema,
  undoableSchema,
} from "../schemas/review-schema.ts";
import type { ReviewService } from "./review-service.ts";

const OTHER_RATING = {
  description: "An id is known with another rating",
  content: { "application/problem+json": { schema: problemSchema } },
};

/** The routes under `/api/v1/review`: there only where a server was started with an alignment to review. */
export function reviewEndpoints(reviews: ReviewService): Endpoint[] {
  return [overview(reviews), entries(reviews), undoable(reviews), rate(reviews), table(reviews)];
}

function overview(reviews: ReviewService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/review",
    scope: "review",
    operation: {
      operationId: "review",
      summary: "The alignment under review: its size, everyone's progress, and their agreement",
      tags: ["Review"],
      requestParams: { query: reviewQuerySchema },
      responses: jsonAnswer("The review", reviewSchema),
    },
    answer(request, response) {
      sendJson(response, reviews.overview(parsed(reviewQuerySchema, queryValues(request.url)).reviewer));
    },
  };
}

function entries(reviews: ReviewService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/review/entries",
    scope: "review",
    operation: {
      operationId: "reviewEntries",
      summary: "Entries of the lexicon with both encoders' candidates and all ratings",
      tags: ["Review"],
      requestParams: { query: reviewEntriesQuerySchema },
      responses: jsonAnswer("In the lexicon's order", reviewEntriesSchema),
    },
    answer(request, response) {
      sendJson(response, reviews.entries(parsed(reviewEntriesQuerySchema, queryValues(request.url))));
    },
  };
}

function undoable(reviews: ReviewService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/review/undoable",
    scope: "review",
    operation: {
      operationId: "undoableRatings",
      summary: "A reviewer's latest ratings that are not taken back",
      tags: ["Review"],
      requestParams: { query: undoableQuerySchema },
      responses: jsonAnswer("The latest first", undoableSchema),
    },
    answer(request, response) {
      const { reviewer, k } = parsed(undoableQuerySchema, queryValues(request.url));
      sendJson(response, { ratings: reviews.undoable(reviewer, k) });
    },
  };
}

function rate(reviews: ReviewService): Endpoint {
  return {
    method: "post",
    path: "/api/v1/review/ratings",
    scope: "review",
    operation: {
      operationId: "rate",
      summary: "Rate pairs, or take ratings back",
      description: "Answered when the ratings are on the disk; all of a request are kept, or none.",
      tags: ["Review"],
      requestBody: { required: true, content: { "application/json": { schema: ratingsBodySchema } } },
      responses: { ...jsonAnswer("They are kept", ratingsAddedSchema), 409: OTHER_RATING },
    },
    answer(request, response) {
      if (!request.is("application/json"))
        throw new HttpProblem("unsupported-media-type", "the body must be application/json");
      sendJson(response, reviews.rate(parsed(ratingsBodySchema, request.body).ratings));
    },
  };
}

function table(reviews: ReviewService): Endpoint {
  return {
    method: "get",
    path: "/api/v1/review/ratings.csv",
    scope: "review",
    operation: {
      operationId: "ratingsTable",
      summary: "All present ratings as CSV, as `termduet review import` takes them",
      tags: ["Review"],
      responses: {
        200: {
          description: "One row per entry, concept and reviewer",
          content: { "text/csv": { schema: { type: "string" } } },
        },
      },
    },
    answer(request, response) {
      parsed(reviewQuerySchema.omit({ reviewer: true }), queryValues(request.url));
      response
        .set("Cache-Control", "no-store")
        .set("Content-Disposition", 'attachment; filename="ratings.csv"')
        .type("text/csv")
        .send(reviews.csv());
    },
  };
}
