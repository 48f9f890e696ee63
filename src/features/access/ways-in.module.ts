import { APP_FILTER } from '@nestjs/core';
import { PasskeyChallenge } from './factors/passkey-challenge.js';
import { PasskeyProofs } from './factors/passkey-proof.js';
import { PasskeyService } from './factors/passkey.service.js';
import { RecoveryCodeService } from './factors/recovery-code.service.js';
import { RelyingParty } from './factors/relying-party.js';
import { AgainController } from './pages/again.controller.js';
import { AgainPages } from './pages/again.pages.js';
import { EnrolmentController } from './pages/enrolment.controller.js';
import { PasskeysController } from './pages/passkeys.controller.js';
import { ProveAgainFilter } from './pages/prove-again.filter.js';
import { RecoveryCodesController } from './pages/recovery-codes.controller.js';
import { SecondStepController } from './pages/second-step.controller.js';
import { Enrolment } from './sign-in/enrolment.service.js';
import { EntryStage } from './sign-in/entry-stage.js';
import { PasskeyEntry } from './sign-in/passkey-entry.service.js';
import { ProofAgain } from './sign-in/proof-again.service.js';
import { ProofWays } from './sign-in/proof-ways.js';
import { SecondStep } from './sign-in/second-step.service.js';
import { SignInRefusals } from './sign-in/sign-in-refusals.js';

/** Second factors and proving again: one part of the access module, listed here to keep that readable. */
export const WAYS_IN = {
  controllers: [
    SecondStepController,
    EnrolmentController,
    AgainController,
    PasskeysController,
    RecoveryCodesController,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProveAgainFilter },
    RelyingParty,
    PasskeyChallenge,
    PasskeyService,
    PasskeyProofs,
    RecoveryCodeService,
    EntryStage,
    SignInRefusals,
    SecondStep,
    PasskeyEntry,
    Enrolment,
    ProofWays,
    ProofAgain,
    AgainPages,
  ],
  /** For single sign-on and whoever else brings people in. */
  exports: [EntryStage, ProofAgain, ProofWays, RecoveryCodeService],
};
