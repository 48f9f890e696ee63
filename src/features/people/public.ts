/** What other features may use of people, cases and who may see whom. */
export { PeopleModule } from './people.module.js';
/** `createClient(who, input)`, `createClinician`, `createStaff`, each with an `...Inside(tx, input)` form that returns the new id. */
export { People } from './people.service.js';
/** `basis(who, clientId)`, `mayOpen`, `requireOpen`, `mayBook(who, clientId)`, `clientsOf(who)`. */
export { CareAccess, seesWholeCalendar, seesWholeList, type CareBasis, type CareGround } from './care-access.js';
/** Who worked with whom in the past: `of(clientIds, from, until)`. */
export { CarePeriods, type CarePeriod } from './care-periods.js';
export { Clinicians } from './clinicians.service.js';
/** `around(clientId)`: guardians and representatives, with whether their rights hold today. */
export { Relationships, type PersonAround } from './relationships.service.js';
export { Cases } from './cases.service.js';
/** Sections that other features add to the chart overview. */
export { ChartSections, type ChartRow, type ChartSection, type ChartSectionView } from './chart-sections.js';
/** "Hide names": the signed-in person's own preference, and the discreet form of a name. */
export { DiscreetNames, type NameView } from './discreet-names.js';
export type {
  AssignmentKind,
  CaseFacts,
  CaseKind,
  ClientStatus,
  ClientSummary,
  ClinicianCard,
  NewAssignment,
  NewClient,
  NewClinician,
  PersonInput,
} from './people.model.js';
/** For the demo practice. */
export { demoRandom, pick } from './demo-random.js';
export type { DemoClient, DemoPeople, DemoPerson } from './demo.js';
/** Who opened which chart outside their care, for those who review the audit. */
export { EmergencyLog, type EmergencyPage } from './emergency/emergency-log.service.js';
export type { EmergencyFacts, EmergencyWhy } from './emergency/emergency.model.js';
/** Which fields of a client a reader sees. */
export { FIELD_CLASSES, seesClass, seesField, type ClientField, type FieldClass } from './field-policy.js';
