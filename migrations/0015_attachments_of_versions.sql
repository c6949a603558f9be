-- What a version froze stands in its snapshot, under its hash, and in `attachments.frozen_version`; the list beside them goes.
drop table version_attachments;
