-- First use of a subject that a service outside names by its 人员编号: the subject that the sign-in under way binds to its
-- account at its end; null where it is bound already.
alter table sso_attempts add column link_subject text;
