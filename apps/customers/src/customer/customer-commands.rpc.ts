import { LockMode } from '@mikro-orm/postgresql';
import { customerUnknown, ObpFailure, otherShape } from '@platform/failure';
import type { Call, Implementation } from '@platform/grpc';
import {
  type CustomerServiceDefinition,
  type CustomerV310,
  Failure,
  type PostCustomerJsonV310,
} from '@platform/messages';
import { command, type ConstraintFailures, insertionOf } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { ServiceParts } from '@platform/service';
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
}

/**
 * The rpcs that write customers.
 * @param nextNumber generates numbers for customers created without one
 */
export function customerCommands(
  { orm, writer, clock }: Pick<ServiceParts, 'orm' | 'writer' | 'clock'>,
  nextNumber: () => string = randomNumber,
): Implementation<CustomerServiceDefinition> {
  const customers = insertionOf(orm, CustomerSchema, { unique: ['bank_id', 'customer_number'] });
  const now = () => wireTime(clock());

  const insert = async (
    bank_id: string,
    customer_number: string,
    body: PostCustomerJsonV310,
    signal: Call['signal'],
  ): Promise<CustomerV310> => {
    // Version 7, so ids are in the order of creation.
    const customer = new Customer({ bank_id, customer_id: v7(), customer_number, now: now() }, body);
    if ((await writer.insert(customers, customer, signal)) === 'taken') numberTaken(bank_id, customer_number);
    return customerV310(customer);
  };

  const insertNumbered = async (
    bank_id: string,
    body: PostCustomerJsonV310,
    signal: Call['signal'],
  ): Promise<CustomerV310> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await insert(bank_id, nextNumber(), body, signal);
      } catch (error) {
        if (attempt === generatedNumbers || !isTaken(error)) throw error;
      }
    }
  };

  /** Loads, changes and saves a customer; concurrent changes of one customer wait for each other. */
  const change = async <Body extends object>(
    { bank_id, customer_id, body }: Change<Body>,
    apply: (customer: Customer, body: Body) => void,
    unique: ConstraintFailures = {},
  ): Promise<CustomerV310> => {
    return command(orm, unique, async (em) => {
      const customer = await em.findOne(
        CustomerSchema,
        { bank_id, customer_id },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (customer === null) return customerUnknown(customer_id);
      apply(customer, body);
      customer.updated_at = now();
      return customerV310(customer);
    });
  };

  return {
    async createCustomer({ bank_id, body }, { signal }) {
      checkDependants(body.dependants ?? 0, body.dob_of_dependants.length);
      const customer_number = body.customer_number ?? undefined;
      if (customer_number !== undefined) checkNewNumber(customer_number);
      return customer_number === undefined
        ? insertNumbered(bank_id, body, signal)
        : insert(bank_id, customer_number, body, signal);
    },
    updateCustomerBranch: (request) => change(request, (customer, body) => customer.changeBranch(body.branch_id)),
    updateCustomerCreditLimit: (request) =>
      change(request, (customer, body) =>
        customer.changeCreditLimit(body.credit_limit ?? otherShape('PutUpdateCustomerCreditLimitJsonV310')),
      ),
    updateCustomerCreditRatingAndSource: (request) =>
      change(request, (customer, body) => customer.changeCreditRating(body.credit_rating, body.credit_source)),
    updateCustomerEmail: (request) => change(request, (customer, body) => customer.changeEmail(body.email)),
    updateCustomerIdentity: (request) => change(request, (customer, body) => customer.changeIdentity(body)),
    updateCustomerMobileNumber: (request) =>
      change(request, (customer, body) => customer.changeMobileNumber(body.mobile_phone_number)),
    updateCustomerNumber: (request) =>
      change(
        request,
        (customer, body) => customer.changeNumber(body.customer_number),
        takenAt(request.bank_id, request.body.customer_number),
      ),
    updateCustomerData: (request) =>
      change(request, (customer, body) =>
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
