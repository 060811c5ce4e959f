CREATE TABLE `plays` (
	`station` text NOT NULL,
	`frame` integer NOT NULL,
	`frames` integer,
	`source` text NOT NULL,
	`title` text NOT NULL,
	`artist` text NOT NULL,
	`album` text NOT NULL,
	`isrc` text NOT NULL,
	`host` text,
	`media` text,
	PRIMARY KEY(`station`, `frame`),
	FOREIGN KEY (`station`) REFERENCES `stations`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `plays_frame` ON `plays` (`frame`);