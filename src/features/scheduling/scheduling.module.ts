import { Module, type OnModuleInit } from '@nestjs/common';
import { Frame } from '../../platform/views/frame.js';
import { PeopleModule } from '../people/public.js';
import { AppointmentLinks } from './appointment-links.js';
import { AppointmentQueries } from './appointment.queries.js';
import { AppointmentRepository } from './appointment.repository.js';
import { AppointmentTimes } from './appointment-times.js';
import { Appointments } from './appointments.js';
import { Booking } from './booking.service.js';
import { CalendarOwners } from './calendar-owner.service.js';
import { ChartAppointments } from './chart-appointments.js';
import { DayDecorators } from './day-decorators.js';
import { Offers } from './offers.service.js';
import { AppointmentController } from './pages/appointment.controller.js';
import { BookingController } from './pages/booking.controller.js';
import { CalendarController } from './pages/calendar.controller.js';
import { TodayController } from './pages/today.controller.js';

/** Appointments: the day, the week, booking. */
@Module({
  imports: [PeopleModule],
  // Booking comes first: `/appointments/new` is not the id of an appointment.
  controllers: [TodayController, CalendarController, BookingController, AppointmentController],
  providers: [
    AppointmentLinks,
    AppointmentQueries,
    AppointmentRepository,
    AppointmentTimes,
    Appointments,
    Booking,
    CalendarOwners,
    ChartAppointments,
    DayDecorators,
    Offers,
  ],
  exports: [AppointmentLinks, Appointments, AppointmentTimes, Booking, DayDecorators],
})
export class SchedulingModule implements OnModuleInit {
  constructor(private readonly frame: Frame) {}

  onModuleInit(): void {
    this.frame.addNav(
      {
        id: 'today',
        label: 'scheduling:today.title',
        href: '/today',
        icon: 'sun',
        order: 10,
        anyOf: ['day:read'],
        layout: 'staff',
      },
      {
        id: 'calendar',
        label: 'scheduling:calendar.title',
        href: '/calendar',
        icon: 'calendar',
        order: 20,
        anyOf: ['calendar:read'],
        layout: 'staff',
      },
    );
  }
}
