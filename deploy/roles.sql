-- Run once, as a superuser, in the database that Assist Rollouts is to use. psql fills in the passwords:
--   psql -v owner_password=… -v worker_password=… -v events_password=… -v panel_password=… -v console_password=… -d assist -f deploy/roles.sql
-- Then, as the owner, `assist-rollouts database setup` makes the tables and grants what each group needs.

-- What the processes may do is granted to these groups; `database setup` knows them by name. A process that only forwards
-- (`assist-rollouts forward`) needs the third alone; the worker forwards where it is told where to, so it is in both.
create role assist_rollouts_worker nologin;
create role assist_rollouts_events nologin;
create role assist_rollouts_forward nologin;
create role assist_rollouts_panel nologin;
create role assist_rollouts_console nologin;

-- Owns the tables, so it could switch off what protects them: for `database setup` and `retention`, and for no process that runs all day.
create role assist_owner login password :'owner_password';
create role assist_worker login password :'worker_password' in role assist_rollouts_worker, assist_rollouts_forward;
create role assist_events login password :'events_password' in role assist_rollouts_events;
create role assist_panel login password :'panel_password' in role assist_rollouts_panel;
create role assist_console login password :'console_password' in role assist_rollouts_console;

alter database :"DBNAME" owner to assist_owner;
alter schema public owner to assist_owner;
-- Nobody else makes anything here, not even temporary tables.
revoke all on schema public from public;
revoke all on database :"DBNAME" from public;
grant connect on database :"DBNAME" to assist_rollouts_worker, assist_rollouts_events, assist_rollouts_forward, assist_rollouts_panel, assist_rollouts_console;
