CREATE TABLE `provisionings` (
	`origin` text PRIMARY KEY NOT NULL,
	`lease` text NOT NULL,
	`started_at` integer NOT NULL,
	`held_until` integer NOT NULL,
	`finished_at` integer,
	`outcome` text
);
