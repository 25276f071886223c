import { z } from "zod";
import { pageSchema } from "./uts-answer.ts";

const address = z.string().meta({ description: "An address of this server, or NONE" });

const resultSchema = z
  .object({ ui: z.string(), rootSource: z.string(), uri: z.string(), name: z.string() })
  .meta({ id: "UtsSearchResult" });

export const searchPage = pageSchema(
  "UtsSearch",
  z.object({ classType: z.literal("searchResults"), results: z.array(resultSchema) }),
);

export const conceptPage = pageSchema(
  "UtsConceptPage",
  z
    .object({
      classType: z.literal("Concept"),
      ui: z.string(),
      suppressible: z.boolean(),
      dateAdded: z.string(),
      majorRevisionDate: z.string(),
      status: z.string(),
      semanticTypes: z.array(z.object({ name: z.string(), uri: z.string() })),
      atomCount: z.int(),
      attributeCount: z.int(),
      cvMemberCount: z.int(),
      atoms: address,
      definitions: address,
      relations: address,
      defaultPreferredAtom: address,
      relationCount: z.int(),
      name: z.string(),
    })
    .meta({ id: "UtsConcept" }),
);

const atomSchema = z
  .object({
    classType: z.literal("Atom"),
    ui: z.string(),
    suppressible: z.boolean(),
    obsolete: z.boolean(),
    rootSource: z.string(),
    termType: z.string(),
    code: address,
    concept: address,
    sourceConcept: address,
    sourceDescriptor: address,
    attributes: address,
    parents: address,
    children: address,
    ancestors: address,
    descendants: address,
    relations: address,
    definitions: address,
    contentViewMemberships: z.array(z.never()),
    name: z.string(),
    language: z.string(),
  })
  .meta({ id: "UtsAtom" });

export const atomsPage = pageSchema("UtsAtoms", z.array(atomSchema));
export const atomPage = pageSchema("UtsAtomPage", atomSchema);

export const definitionsPage = pageSchema(
  "UtsDefinitions",
  z.array(
    z
      .object({
        classType: z.literal("Definition"),
        sourceOriginated: z.literal(true),
        rootSource: z.string(),
        value: z.string(),
      })
      .meta({ id: "UtsDefinition" }),
  ),
);

export const relationsPage = pageSchema(
  "UtsRelations",
  z.array(
    z
      .object({
        classType: z.literal("ConceptRelation"),
        ui: z.string(),
        suppressible: z.boolean(),
        sourceUi: z.string(),
        obsolete: z.boolean(),
        sourceOriginated: z.boolean(),
        rootSource: z.string(),
        relationLabel: z.string(),
        additionalRelationLabel: z.string(),
        groupId: z.string(),
        attributeCount: z.int(),
        relatedId: address,
        relatedIdName: z.string(),
      })
      .meta({ id: "UtsConceptRelation" }),
  ),
);

const clusterSchema = z
  .object({
    classType: z.literal("SourceAtomCluster"),
    ui: z.string(),
    suppressible: z.boolean(),
    obsolete: z.boolean(),
    rootSource: z.string(),
    atomCount: z.int(),
    cVMemberCount: z.int(),
    attributes: address,
    atoms: address,
    parents: address,
    children: address,
    ancestors: address,
    descendants: address,
    relations: address,
    definitions: address,
    concepts: z.array(z.string()).meta({ description: "Addresses of the concepts of the code" }),
    name: z.string(),
  })
  .meta({ id: "UtsSourceAtomCluster" });

export const clusterPage = pageSchema("UtsSourceAtomClusterPage", clusterSchema);
export const clustersPage = pageSchema("UtsSourceAtomClusters", z.array(clusterSchema));

export const semanticTypePage = pageSchema(
  "UtsSemanticTypePage",
  z
    .object({
      classType: z.literal("SemanticType"),
      ui: z.string(),
      name: z.string(),
      semanticTypeGroup: z.object({
        classType: z.literal("SemanticGroup"),
        abbreviation: z.string(),
        expandedForm: z.string(),
      }),
    })
    .meta({ id: "UtsSemanticType" }),
);

export type UtsAtom = z.infer<typeof atomSchema>;
export type UtsCluster = z.infer<typeof clusterSchema>;
