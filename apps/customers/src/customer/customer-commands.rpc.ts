import { LockMode } from '@mikro-orm/postgresql';
import { checkVersion, customerUnknown, ObpFailure, otherShape } from '@platform/failure';
import type { Call, Implementation } from '@platform/grpc';
import {
  type CustomerServiceDefinition,
  type CustomerV310,
  Failure,
  type PostCustomerJsonV310,
} from '@platform/messages';
import type { ConstraintFailures } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { Customer, CustomerSchema, numberIndex } from './customer.entity.js';
import { checkDependants, checkNewNumber, numberTaken, randomNumber } from './customer-rules.js';
import { customerV310 } from './customer.shape.js';

/** How many generated numbers are tried: at a bank of ten million, at most one in 200 is already taken. */
const generatedNumbers = 10;

interface Change<Body> {
  readonly bank_id: string;
  readonly customer_id: string;
  readonly body: Body;
  readonly expected_version?: number | null | undefined;
}

/**
 * The rpcs that write customers.
 * @param nextNumber generates numbers for customers created without one
 */
export function customerCommands(
  { journal, clock }: Pick<JournaledParts, 'journal' | 'clock'>,
  nextNumber: () => string = randomNumber,
): Implementation<CustomerServiceDefinition> {
  const customers = journal.insertion(CustomerSchema, { unique: ['bank_id', 'customer_number'] });
  const now = () => wireTime(clock());

  const insert = async (
    bank_id: string,
    customer_number: string,
    body: PostCustomerJsonV310,
    call: Call,
  ): Promise<CustomerV310> => {
    // Version 7, so ids are in the order of creation.
    const customer = new Customer({ bank_id, customer_id: v7(), customer_number, now: now() }, body);
    if ((await journal.insert(customers, customer, call)) === 'taken') numberTaken(bank_id, customer_number);
    return customerV310(customer);
  };

  const insertNumbered = async (bank_id: string, body: PostCustomerJsonV310, call: Call): Promise<CustomerV310> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await insert(bank_id, nextNumber(), body, call);
      } catch (error) {
        if (attempt === generatedNumbers || !isTaken(error)) throw error;
      }
    }
  };

  /** Loads, changes and saves a customer; concurrent changes of one customer wait for each other. */
  const change = async <Body extends object>(
    call: Call,
    { bank_id, customer_id, body, expected_version }: Change<Body>,
    apply: (customer: Customer, body: Body) => void,
    unique: ConstraintFailures = {},
  ): Promise<CustomerV310> => {
    const changed = await journal.command(call, unique, async (em) => {
      const customer = await em.findOne(
        CustomerSchema,
        { bank_id, customer_id },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (customer === null) return customerUnknown(customer_id);
      checkVersion({ expected_version }, customer.version);
      apply(customer, body);
      customer.updated_at = now();
      return customer;
    });
    return customerV310(changed);
  };

  return {
    async createCustomer({ bank_id, body }, call) {
      checkDependants(body.dependants ?? 0, body.dob_of_dependants.length);
      const customer_number = body.customer_number ?? undefined;
      if (customer_number !== undefined) checkNewNumber(customer_number);
      return customer_number === undefined
        ? insertNumbered(bank_id, body, call)
        : insert(bank_id, customer_number, body, call);
    },
    updateCustomerBranch: (request, call) =>
      change(call, request, (customer, body) => customer.changeBranch(body.branch_id)),
    updateCustomerCreditLimit: (request, call) =>
      change(call, request, (customer, body) =>
        customer.changeCreditLimit(body.credit_limit ?? otherShape('PutUpdateCustomerCreditLimitJsonV310')),
      ),
    updateCustomerCreditRatingAndSource: (request, call) =>
      change(call, request, (customer, body) => customer.changeCreditRating(body.credit_rating, body.credit_source)),
    updateCustomerEmail: (request, call) => change(call, request, (customer, body) => customer.changeEmail(body.email)),
    updateCustomerIdentity: (request, call) => change(call, request, (customer, body) => customer.changeIdentity(body)),
    updateCustomerMobileNumber: (request, call) =>
      change(call, request, (customer, body) => customer.changeMobileNumber(body.mobile_phone_number)),
    updateCustomerNumber: (request, call) =>
      change(
        call,
        request,
        (customer, body) => customer.changeNumber(body.customer_number),
        takenAt(request.bank_id, request.body.customer_number),
      ),
    updateCustomerData: (request, call) =>
      change(call, request, (customer, body) =>
        customer.changeData(body, body.face_image ?? otherShape('PutUpdateCustomerDataJsonV310')),
      ),
  };
}

function takenAt(bank_id: string, customer_number: string): ConstraintFailures {
  return { [numberIndex]: () => numberTaken(bank_id, customer_number) };
}

function isTaken(error: unknown): boolean {
  return error instanceof ObpFailure && error.failure === Failure.FAILURE_CUSTOMER_NUMBER_EXISTS;
}
